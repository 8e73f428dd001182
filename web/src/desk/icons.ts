/** Icons of the desk alone; the form is that of the shared ones. */
export const iconBoard = 'M4 4h4v16H4zM10 4h4v10h-4zM16 4h4v7h-4z'
export const iconTree = 'M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4'
export const iconPrint = 'M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z'
export const iconDownload = 'M12 4v11M8 11l4 4 4-4M5 19h14'
export const iconUpload = 'M12 16V5M8 9l4-4 4 4M5 19h14'
export const iconColumns = 'M4 5h16v14H4zM10 5v14M15 5v14'
export const iconMore = 'M6 12h.01M12 12h.01M18 12h.01'
