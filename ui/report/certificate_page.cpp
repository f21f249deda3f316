// See certificate_page.hpp.
#include "ui/report/certificate_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ui/report/certificate_pictures.hpp"
#include "ui/report/certificate_table.hpp"

namespace heeldrop::report {
namespace {

using namespace calibration;

constexpr double margin_mm = 15.0, width_mm = page_width_mm - 2.0 * margin_mm;
constexpr double left_mm = margin_mm, right_mm = page_width_mm - margin_mm;
constexpr double footer_mm = 277.0;        ///< where it begins
constexpr double findings_most_mm = 42.0;  ///< of the page
constexpr double most_picture_mm = 68.0;

QString words(const std::string& text) {
    return QString::fromStdString(text);
}

/// "25 November 2026", where the calibration was made.
QString day(std::chrono::sys_seconds when, std::chrono::minutes zone) {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(when + zone));
    static constexpr std::array months{"January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December"};
    return words(fmt::format("{} {} {}", static_cast<unsigned>(date.day()),
                             months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year())));
}

QString clock_time(std::chrono::sys_seconds when, std::chrono::minutes zone) {
    const auto local = when + zone;
    const std::chrono::hh_mm_ss time(local - std::chrono::floor<std::chrono::days>(local));
    return words(fmt::format("{:02}:{:02}", time.hours().count(), time.minutes().count()));
}

double draw_head(Sheet& sheet, double y) {
    sheet.text({left_mm, y + 6.0}, QStringLiteral("Calibration certificate"), {7.2, QFont::Bold});
    sheet.text({right_mm, y + 6.0}, QStringLiteral("Heeldrop plate"),
               {4.2, QFont::Medium, colour::quiet, Align::right});
    return y + 10.0;
}

/// Passed is dark on light with a tick; anything else white on dark with a cross: no printer makes one of the other.
double draw_verdict(Sheet& sheet, double y, const Certificate& c, bool expired) {
    constexpr double height = 27.0;
    const bool good = c.passed() && !expired;
    const QRectF band(left_mm, y, width_mm, height);
    sheet.box(band, good ? colour::paper : colour::bad.darker(120), good ? colour::good : colour::bad.darker(120), 1.0,
              2.5);
    const QColor ink = good ? colour::ink : colour::paper;
    const QPointF mark(left_mm + 15.0, y + height / 2.0);
    if (good)
        sheet.tick(mark, 15.0, colour::good);
    else
        sheet.cross(mark, 15.0, colour::paper);
    const QString verdict = !c.passed() ? QStringLiteral("FAILED")
                            : expired   ? QStringLiteral("EXPIRED")
                                        : QStringLiteral("PASSED");
    sheet.text({left_mm + 29.0, y + 18.6}, verdict, {15.0, QFont::Black, ink});
    const TextStyle over{4.2, QFont::Medium, ink, Align::right}, date{7.4, QFont::Bold, ink, Align::right};
    if (c.passed()) {
        sheet.text({right_mm - 6.0, y + 10.5}, expired ? QStringLiteral("expired on") : QStringLiteral("valid until"),
                   over);
        sheet.text({right_mm - 6.0, y + 19.5}, day(c.expires, c.of.zone_offset), date);
    } else {
        sheet.text({right_mm - 6.0, y + 11.0}, QStringLiteral("Do not measure with this plate."),
                   {5.0, QFont::Bold, ink, Align::right});
        sheet.text({right_mm - 6.0, y + 18.5}, QStringLiteral("Put right what is named below,"), over);
        sheet.text({right_mm - 6.0, y + 23.5}, QStringLiteral("then calibrate again."), over);
    }
    return y + height + 6.0;
}

double draw_facts(Sheet& sheet, double y, const Certificate& c) {
    struct Fact {
        const char* what;
        QString value;
    };
    const std::string temperature =
        c.of.temperature ? fmt::format(", at {:.1f} °C", c.of.temperature->value) : std::string();
    const std::vector<Fact> facts{
        {"Plate", words(c.of.plate.serial)},
        {"Calibrated by", words(c.of.made_by)},
        {"Converter", words(c.of.plate.converter) + QStringLiteral(", firmware ") + words(c.of.plate.firmware)},
        {"Calibrated on",
         day(c.of.made, c.of.zone_offset) + QStringLiteral(", ") + clock_time(c.of.made, c.of.zone_offset)},
        {"Gravity", words(fmt::format("{:.5f} m/s²", c.seen.gravity.value))},
        {c.passed() ? "Expires on" : "Valid", c.passed() ? day(c.expires, c.of.zone_offset) : QStringLiteral("no")},
        {"Warmed up", words(warm_up_text(c.of) + temperature)},
        {"Plan", words(c.of.plan + (wider_limits(c.limits).empty() ? "" : " (wider limits!)"))}};
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const double x = left_mm + (i % 2 == 0 ? 0.0 : 88.0), label = i % 2 == 0 ? 25.0 : 37.0;
        const double base = y + 3.6 + 5.8 * static_cast<double>(i / 2);
        sheet.text({x, base}, QString::fromUtf8(facts[i].what), {3.4, QFont::Normal, colour::quiet});
        sheet.text({x + label, base}, facts[i].value, {4.0, QFont::DemiBold}, (i % 2 == 0 ? 86.0 : 92.0) - label);
    }
    const double base = y + 3.6 + 5.8 * 4.0;
    sheet.text({left_mm, base}, QStringLiteral("Certificate"), {3.4, QFont::Normal, colour::quiet});
    sheet.text({left_mm + 25.0, base}, words(c.of.id), {4.0, QFont::DemiBold});
    return base + 4.5;
}

double draw_findings(Sheet& sheet, double y, const Certificate& c) {
    if (c.judged.findings.empty())
        return y;
    const TextStyle style{3.5, QFont::Medium}, more{3.2, QFont::Normal, colour::quiet};
    const double begin = y;
    sheet.text({left_mm + 5.0, y + 4.0}, QStringLiteral("What is wrong"), {3.8, QFont::Bold, colour::bad});
    y += 6.0;
    std::size_t said = 0;
    for (const Finding& finding : c.judged.findings) {
        const double height = sheet.paragraph({left_mm + 5.0, y}, width_mm - 5.0, words(finding.message), style, false);
        if (said > 0 && y + height - begin > findings_most_mm)
            break;
        sheet.paragraph({left_mm + 5.0, y}, width_mm - 5.0, words(finding.message), style);
        y += height + 1.2;
        ++said;
    }
    if (const std::size_t left = c.judged.findings.size() - said; left > 0) {
        sheet.text({left_mm + 5.0, y + 3.0}, words(fmt::format("and {} more, named in the certificate's file", left)),
                   more);
        y += 5.0;
    }
    sheet.box(QRectF(left_mm, begin, 1.6, y - begin), colour::bad);
    return y + 4.0;
}

void draw_pictures(Sheet& sheet, double y, const Certificate& c) {
    if (!c.judged.pads[0] && !c.judged.pads[1]) {
        sheet.paragraph(
            {left_mm, y}, width_mm,
            QStringLiteral(
                "No map could be found, so nothing was checked against a limit and there is nothing to show."),
            {4.0, QFont::Normal, colour::quiet});
        return;
    }
    const double height = std::min(most_picture_mm, footer_mm - 3.0 - y - 5.0);
    constexpr double pad_width = width_mm / 2.0, residuals_width = 0.55 * pad_width;
    for (const Pad pad : {Pad::left, Pad::right}) {
        const double x = left_mm + (pad == Pad::left ? 0.0 : pad_width);
        sheet.text({x, y + 3.4}, pad == Pad::left ? QStringLiteral("Left pad") : QStringLiteral("Right pad"),
                   {3.0, QFont::DemiBold, colour::quiet});
        draw_residuals(sheet, QRectF(x, y + 5.0, residuals_width, height), c, pad);
        draw_place_map(sheet, QRectF(x + residuals_width, y + 5.0, pad_width - residuals_width - 2.0, height), c, pad);
    }
}

void draw_footer(Sheet& sheet, const Verification& verified) {
    const Opened& opened = verified.opened;
    const Certificate& c = opened.certificate;
    sheet.line({left_mm, footer_mm}, {right_mm, footer_mm}, 0.35, colour::ink);
    const double first = footer_mm + 5.0, second = footer_mm + 9.6;
    sheet.tick({left_mm + 1.4, first - 1.3}, 2.8, colour::good);
    sheet.text({left_mm + 5.0, first}, QStringLiteral("Signature holds"), {3.4, QFont::DemiBold});
    sheet.text({right_mm, first},
               (verified.own ? QStringLiteral("this station's key %1")
                             : QStringLiteral("key %1, not compared with a station's"))
                   .arg(words(fingerprint(opened.key))),
               {3.4, QFont::DemiBold, colour::ink, Align::right});
    sheet.text({left_mm, second},
               words(fmt::format("Every figure was recomputed from {} readings of loads. To check the file: "
                                 "heeldrop-calibrate verify",
                                 c.seen.placements.size())),
               {2.9, QFont::Normal, colour::quiet});
    sheet.text({right_mm, second}, words(c.of.software), {2.9, QFont::Normal, colour::quiet, Align::right});
}

}  // namespace

void draw_certificate(Sheet& sheet, const Verification& verified, std::chrono::sys_seconds now) {
    const Certificate& c = verified.opened.certificate;
    double y = draw_head(sheet, 12.0);
    y = draw_verdict(sheet, y, c, c.expired(now));
    y = draw_facts(sheet, y, c);
    y = draw_findings(sheet, y, c);
    if (const double height = draw_checks(sheet, {left_mm, y}, width_mm, c); height > 0.0)
        y += height + 4.0;
    if (const double height = draw_uncertainty(sheet, {left_mm, y}, width_mm, c); height > 0.0)
        y += height + 4.0;
    draw_pictures(sheet, y, c);
    draw_footer(sheet, verified);
}

}  // namespace heeldrop::report
