package org

import (
	"wardline/internal/platform/fault"
)

// word is one value of a choice, as people read and write it.
type word struct {
	key, zh, en string
	also        []string // other ways to write it in a list
}

type words []word

// The choices. Their keys also stand in the enum tags; a test compares them.
var (
	placeKinds = words{
		{string(Building), "楼栋", "Building", []string{"大楼", "楼"}}, {string(Floor), "楼层", "Floor", []string{"层"}},
		{string(Room), "房间", "Room", []string{"室", "诊室", "病房"}}, {string(Bed), "床位", "Bed", []string{"床", "病床"}},
		{string(Point), "服务点", "Service point", []string{"点位", "点"}},
	}
	placeClasses = words{
		{"outpatient", "门诊", "Outpatient", nil}, {"emergency", "急诊", "Emergency", nil}, {"ward", "病区", "Ward", []string{"住院"}},
		{"icu", "重症监护", "Intensive care", []string{"ICU", "重症"}}, {"theatre", "手术室", "Theatre", []string{"手术"}}, {"medtech", "医技", "Diagnostics", nil},
		{"office", "办公", "Office", []string{"行政"}}, {"public", "公共区域", "Public area", []string{"公区"}}, {"logistics", "后勤", "Logistics", nil},
		{"technical", "设备机房", "Technical room", []string{"机房"}}, {"other", "其他", "Other", nil},
	}
	departmentKinds = words{
		{"clinical", "临床", "Clinical", nil}, {"nursing", "护理", "Nursing", []string{"护理单元"}}, {"medtech", "医技", "Medical technology", nil},
		{"admin", "行政", "Administration", []string{"行政职能", "职能"}}, {"logistics", "后勤", "Logistics", []string{"后勤保障"}},
		{"education", "教学科研", "Education and research", []string{"科教"}}, {"other", "其他", "Other", nil},
	}
	dutyKinds = words{
		{string(NormalDuty), "正常班", "Normal", []string{"上班", "普通"}}, {string(OnCallDuty), "听班", "On call", []string{"二线", "备班", "待命"}},
		{string(PeakDuty), "定点值守", "Peak duty", []string{"值守", "定点"}},
	}
	teamKinds = words{
		{"callcenter", "呼叫中心", "Call centre", []string{"客服"}}, {"it", "信息", "IT", nil}, {"maintenance", "维修", "Maintenance", []string{"工程维修"}},
		{"transport", "运送", "Transport", nil}, {"cleaning", "保洁", "Cleaning", nil}, {"security", "安保", "Security", []string{"保卫"}},
		{"catering", "膳食", "Catering", nil}, {"supply", "物资", "Supply", []string{"库管"}}, {"complaint", "投诉", "Complaints", nil}, {"other", "其他", "Other", nil},
	}
)

func (w words) has(key string) bool {
	for _, x := range w {
		if x.key == key {
			return true
		}
	}
	return false
}

// parse finds the key of what someone wrote, in either language.
func (w words) parse(s string) (string, bool) {
	s = squeeze(s)
	for _, x := range w {
		for _, name := range append([]string{x.key, x.zh, x.en}, x.also...) {
			if squeeze(name) == s {
				return x.key, true
			}
		}
	}
	return "", false
}

// label returns the name of a key, or the key itself when it is unknown.
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
	out := make([]string, 0, len(w))
	for _, x := range w {
		out = append(out, w.label(x.key, lang))
	}
	return out
}

// word checks a choice that must be made.
func (c *check) word(field, key string, choices words) {
	switch {
	case key == "":
		c.Add(field, "required")
	case !choices.has(key):
		c.Add(field, "bad_value")
	}
}
