package demo

import (
	"context"
	"fmt"
	"time"

	"wardline/internal/catalog"
	"wardline/internal/upkeep"
)

// planWords is one plan of the demonstration.
type planWords struct {
	name, item, words, class, rule string
	hour, minute                   int
	offDay                         upkeep.OffDay
	lead                           int
	skipOpen                       bool
}

var plans = []planWords{
	{"门诊高峰定点值守", "ITO04", "07:00—10:00 在门诊大厅值守:开机检查自助机、叫号屏、打印机,补耗材。", "outpatient", "FREQ=DAILY", 7, 0, upkeep.OffSkip, 30, false},
	{"信息查房", "ITO03", "逐室查看电脑、打印机、网络与用电,记录科室需求。", "ward", "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=10", 9, 0, upkeep.OffAfter, 1440, true},
	{"洁净区压差巡检", "MA03", "记录压差、温湿度,低于下限立即报设备科。", "theatre", "FREQ=WEEKLY;BYDAY=MO,TH", 6, 30, upkeep.OffKeep, 60, true},
	{"空调滤网清洗", "MA01", "拆洗滤网,检查冷凝水管。", "ward", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", 14, 0, upkeep.OffBefore, 480, true},
}

// plan adds the plans, the first occurrence of each tomorrow or later.
func plan(ctx context.Context, s *upkeep.Service, h *hospital, items []catalog.Item, o Options) error {
	byCode := map[string]string{}
	for _, it := range items {
		byCode[it.Code] = it.ID
	}
	year, month, day := time.UnixMilli(o.Now).In(o.Zone).Date()
	for _, w := range plans {
		in := upkeep.PlanInput{Name: w.name, Active: true, Lead: w.lead, SkipOpen: w.skipOpen, Work: upkeep.Work{ItemID: byCode[w.item], Words: w.words},
			Recurrence: upkeep.Recurrence{Rule: w.rule, OffDay: w.offDay, StartAt: time.Date(year, month, day+2, w.hour, w.minute, 0, 0, o.Zone).UnixMilli()}}
		for _, d := range h.departments {
			if in.PlaceID == "" && d.class == w.class && len(d.places) > 0 {
				in.PlaceID = d.places[0].id
			}
		}
		if in.PlaceID == "" {
			in.PlaceID = h.departments[0].places[0].id
		}
		if _, err := s.Create(ctx, in); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}
