/** One column of a list. Widths in rem, `grow` is its share of what is left over. */
export interface Column {
  key: string
  title: string
  width?: number
  grow?: number
  align?: 'number'
}
