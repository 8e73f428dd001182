package asset

import (
	"slices"
	"strings"

	"wardline/internal/platform/fault"
	"wardline/internal/platform/text"
)

// Class is a kind of asset. The catalogue names classes to say what is usually wrong
// with such things.
type Class struct {
	Key string `json:"key"`
	Zh  string `json:"nameZh"`
	En  string `json:"nameEn"`
}

// Classes are the classes of assets.
func Classes() []Class {
	return []Class{
		{"pc", "电脑主机", "PC"}, {"monitor", "显示器", "Monitor"}, {"peripheral", "外设", "Peripheral"}, {"printer", "打印机", "Printer"},
		{"label_printer", "标签/腕带打印机", "Label printer"}, {"scanner", "扫码枪/读卡器", "Scanner or card reader"}, {"kiosk", "自助机/叫号屏", "Kiosk or display"},
		{"mobile", "PDA/移动推车/平板", "Mobile device"}, {"projector", "投影/会议设备", "Projector or AV"}, {"server", "服务器/存储", "Server"},
		{"network", "网络设备", "Network device"}, {"phone", "电话", "Telephone"}, {"tv", "电视/监控/广播", "TV, CCTV or PA"},
		{"nurse_call", "床头呼叫", "Nurse call"}, {"bed", "病床", "Bed"}, {"wheelchair", "轮椅/平车", "Wheelchair or stretcher"},
		{"furniture", "家具", "Furniture"}, {"aircon", "空调/净化", "Air conditioning"}, {"lift", "电梯", "Lift"}, {"water", "给排水设备", "Water system"},
		{"power", "供配电/照明", "Power or lighting"}, {"gas", "医用气体", "Medical gas"}, {"door", "门窗/门禁", "Door or access control"},
		{"fire", "消防设备", "Fire equipment"}, {"medical", "医疗设备", "Medical device"}, {"vehicle", "车辆", "Vehicle"}, {"other", "其他", "Other"},
	}
}

// Status says what an asset is doing.
type Status string

// The statuses.
const (
	InUse    Status = "in_use"
	InRepair Status = "in_repair"
	Idle     Status = "idle"
	Lent     Status = "lent"
	Scrapped Status = "scrapped"
)

// Statuses returns all of them.
func Statuses() []Status { return []Status{InUse, InRepair, Idle, Lent, Scrapped} }

// may tells whether an asset can go from one status to another: a scrapped one can
// only be brought back as idle.
func (s Status) may(to Status) bool { return s != Scrapped || to == Idle || to == Scrapped }

// word is one value of a choice as people write it in lists.
type word struct {
	key, zh, en string
	also        []string
}

type words []word

func statusWords() words {
	return words{{"in_use", "在用", "In use", []string{"使用中", "正常"}}, {"in_repair", "维修中", "In repair", []string{"维修", "送修"}},
		{"idle", "闲置", "Idle", []string{"在库", "备用"}}, {"lent", "借出", "Lent", nil}, {"scrapped", "报废", "Scrapped", []string{"已报废"}}}
}

func classWords() words {
	var out words
	for _, c := range Classes() {
		out = append(out, word{key: c.Key, zh: c.Zh, en: c.En, also: strings.Split(c.Zh, "/")})
	}
	return out
}

func (w words) label(key string, lang fault.Language) string {
	for _, x := range w {
		if x.key == key {
			if lang == fault.English {
				return x.en
			}
			return x.zh
		}
	}
	return key
}

func (w words) labels(lang fault.Language) []string {
	out := make([]string, len(w))
	for i, x := range w {
		out[i] = w.label(x.key, lang)
	}
	return out
}

// parse finds the key of what someone wrote, in either language.
func (w words) parse(s string) (string, bool) {
	s = text.Fold(strings.TrimSpace(s))
	for _, x := range w {
		if slices.ContainsFunc(append([]string{x.key, x.zh, x.en}, x.also...), func(name string) bool { return text.Fold(name) == s }) {
			return x.key, true
		}
	}
	return "", false
}

func (w words) has(key string) bool {
	return slices.ContainsFunc(w, func(x word) bool { return x.key == key })
}
