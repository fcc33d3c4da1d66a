// Copyright (c) The terraform-provider-m2m Authors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// growth draws how a no-op plan grows with the number of objects: its requests, and its wall time
// as a multiple of the floor.
func growth(r *Results) string {
	requests := chart{title: "Requests of a no-op plan", left: 60}
	walls := chart{title: "Wall time ÷ floor", left: 400}
	for _, subject := range []string{ours, incumbent} {
		var counted, timed []point
		for _, row := range r.Rows {
			x := row.Scenario
			// Only the plain rows: no latency, no limit, and so on.
			plain := x == Scenario{Work: Plan, Objects: x.Objects}
			if row.Subject != subject || !plain || !row.measured() || x.Objects == 0 {
				continue
			}
			counted = append(counted, point{x.Objects, float64(row.Requests.Total)})
			if ratio := r.ratio(row); ratio > 0 {
				timed = append(timed, point{x.Objects, ratio})
			}
		}
		requests.lines = append(requests.lines, line{subject, counted})
		walls.lines = append(walls.lines, line{subject, timed})
	}
	return svg(requests, walls)
}

type (
	point struct {
		objects int
		value   float64
	}
	line struct {
		name   string
		points []point
	}
	chart struct {
		title string
		left  float64
		lines []line
	}
)

// The geometry of a chart.
const (
	chartTop    = 50.0
	chartWidth  = 260.0
	chartHeight = 190.0
)

// The style has colors for light and for dark pages.
const svgHead = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 310" role="img">
<title>Growth of a plan without changes</title>
<style>
text { font: 12px sans-serif; fill: #333; }
.title { font-weight: bold; }
.axis { stroke: #999; fill: none; }
.line { fill: none; stroke-width: 2; }
.s0 { stroke: #0b62c4; } .s1 { stroke: #b5530b; }
circle.s0 { fill: #0b62c4; } circle.s1 { fill: #b5530b; }
@media (prefers-color-scheme: dark) {
text { fill: #ddd; }
.s0 { stroke: #6cb2ff; } .s1 { stroke: #ffab6c; }
circle.s0 { fill: #6cb2ff; } circle.s1 { fill: #ffab6c; }
}
</style>
`

func svg(charts ...chart) string {
	var out strings.Builder
	out.WriteString(svgHead)
	for _, c := range charts {
		c.draw(&out)
	}
	out.WriteString("</svg>\n")
	return out.String()
}

// draw draws the axes, both logarithmic, and a line for each subject that has points.
func (c chart) draw(out *strings.Builder) {
	fmt.Fprintf(out, "<text class=\"title\" x=\"%.0f\" y=\"30\">%s</text>\n",
		c.left, html.EscapeString(c.title))
	fmt.Fprintf(out, "<path class=\"axis\" d=\"M%.0f %.0fV%.0fH%.0f\"/>\n",
		c.left, chartTop, chartTop+chartHeight, c.left+chartWidth)
	xs, ys := c.scales()
	for _, n := range xs.ticks() {
		fmt.Fprintf(out, "<text x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%g</text>\n",
			c.x(xs, n), chartTop+chartHeight+18, n)
	}
	for _, v := range ys.ticks() {
		fmt.Fprintf(out, "<text x=\"%.0f\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n",
			c.left-6, c.y(ys, v)+4, v)
	}
	fmt.Fprintf(out, "<text x=\"%.0f\" y=\"%.0f\" text-anchor=\"middle\">APIs, and as many grants"+
		"</text>\n", c.left+chartWidth/2, chartTop+chartHeight+40)
	for i, l := range c.lines {
		if len(l.points) == 0 {
			continue
		}
		points := slices.SortedFunc(slices.Values(l.points), func(a, b point) int {
			return cmp.Compare(a.objects, b.objects)
		})
		var path []string
		for _, p := range points {
			x, y := c.x(xs, float64(p.objects)), c.y(ys, p.value)
			path = append(path, fmt.Sprintf("%.1f,%.1f", x, y))
			fmt.Fprintf(out, "<circle class=\"s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n", i, x, y)
		}
		fmt.Fprintf(out, "<polyline class=\"line s%d\" points=\"%s\"/>\n",
			i, strings.Join(path, " "))
		// The legend is above the lines, since lines may cover each other.
		x, y := c.left+12, chartTop+float64(14*(i+1))
		fmt.Fprintf(out, "<circle class=\"s%d\" cx=\"%.0f\" cy=\"%.0f\" r=\"3\"/>\n", i, x, y-4)
		fmt.Fprintf(out, "<text x=\"%.0f\" y=\"%.0f\">%s</text>\n",
			x+8, y, html.EscapeString(l.name))
	}
}

func (c chart) x(s scale, v float64) float64 { return c.left + s.part(v)*chartWidth }
func (c chart) y(s scale, v float64) float64 { return chartTop + (1-s.part(v))*chartHeight }

// scales spans all points.
func (c chart) scales() (xs, ys scale) {
	var objects, values []float64
	for _, l := range c.lines {
		for _, p := range l.points {
			objects, values = append(objects, float64(p.objects)), append(values, p.value)
		}
	}
	return scaleOf(objects), scaleOf(values)
}

// scale is logarithmic.
type scale struct{ low, high float64 }

// scaleOf returns a scale from a round number to a round number.
func scaleOf(values []float64) scale {
	if len(values) == 0 {
		return scale{1, 10}
	}
	s := scale{roundDown(slices.Min(values)), 0}
	for s.high = s.low; s.high < slices.Max(values) || s.high == s.low; {
		s.high = next(s.high)
	}
	return s
}

// part is where v is between low (0) and high (1).
func (s scale) part(v float64) float64 {
	return math.Log(v/s.low) / math.Log(s.high/s.low)
}

// ticks are the round numbers of the scale: all of 1, 2 and 5 if there are few, else powers of ten.
func (s scale) ticks() []float64 {
	var all, tens []float64
	for v := s.low; v <= s.high*1.001; v = next(v) {
		all = append(all, v)
		if _, frac := math.Modf(math.Log10(v) + 1e-9); math.Abs(frac) < 1e-6 {
			tens = append(tens, v)
		}
	}
	if len(all) <= 5 {
		return all
	}
	return tens
}

// roundDown returns the largest of 1, 2 and 5 times a power of ten that is not above v.
func roundDown(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, digit := range []float64{5, 2} {
		if v >= digit*power {
			return digit * power
		}
	}
	return power
}

// next returns the next round number.
func next(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)+1e-9))
	switch digit := math.Round(v / power); digit {
	case 1:
		return 2 * power
	case 2:
		return 5 * power
	default:
		return 10 * power
	}
}
