// See certificate_table.hpp.
#include "ui/report/certificate_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

namespace heeldrop::report {
namespace {

using namespace calibration;

constexpr double tight_row_mm = 4.9, row_mm_alone = 5.5;
/// Findings need room: without them the rows may breathe.
double row_of(const Certificate& certificate) {
    return certificate.judged.findings.empty() ? row_mm_alone : tight_row_mm;
}
const TextStyle head{3.0, QFont::DemiBold, colour::quiet};

struct CheckWords {
    const char* what;
    bool at_least = false;  ///< else the figure may not be above its limit
};
const std::map<std::string, CheckWords> check_words{{"points", {"Loads of the series", true}},
                                                    {"range", {"Largest load", true}},
                                                    {"test_load", {"Load away from the centre", true}},
                                                    {"gain", {"Gain off its data sheet"}},
                                                    {"non_linearity", {"Non-linearity"}},
                                                    {"hysteresis", {"Hysteresis"}},
                                                    {"repeatability", {"Repeatability"}},
                                                    {"corner_spread", {"Corner spread"}},
                                                    {"place_map", {"Centre of pressure, worst place"}},
                                                    {"creep", {"Creep in 30 min"}},
                                                    {"zero_return", {"Zero return after 5 min"}},
                                                    {"agreement", {"Left against right"}},
                                                    {"spot_check", {"Person of known mass"}}};

QString label_of(const std::string& code) {
    if (const auto found = check_words.find(code); found != check_words.end())
        return QString::fromUtf8(found->second.what);
    return QString::fromStdString(code).replace('_', ' ');
}

QString figure(double value, const std::string& unit) {
    if (std::abs(value) < 0.005)
        value = 0.0;  // not "-0.00"
    return QString::fromStdString(unit == "loads" ? fmt::format("{:.0f}", value)
                                  : unit == "kg"  ? fmt::format("{:g}", value)
                                                  : fmt::format("{:.{}f}", value, std::abs(value) < 9.995 ? 2 : 1));
}

QString limit_of(const Check& check) {
    const auto words = check_words.find(check.code);
    const bool at_least = words != check_words.end() && words->second.at_least;
    return QString::fromStdString(fmt::format("{} {:.3g} {}", at_least ? "≥" : "≤", check.limit, check.unit));
}

/// The checks of one code: of each pad, or of the plate.
struct Row {
    std::string code;
    std::optional<Check> left, right, plate;
    Verdict worst = Verdict::passed;
};

std::vector<Row> rows_of(const std::vector<Check>& checks) {
    std::vector<Row> rows;
    for (const Check& check : checks) {
        auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.code == check.code; });
        if (row == rows.end())
            row = rows.insert(rows.end(), Row{check.code, {}, {}, {}, Verdict::passed});
        (!check.pad ? row->plate : *check.pad == Pad::left ? row->left : row->right) = check;
        if (check.verdict == Verdict::failed || row->worst == Verdict::passed)
            row->worst = check.verdict;
    }
    return rows;
}

}  // namespace

double draw_checks(Sheet& sheet, QPointF corner, double width_mm, const Certificate& certificate) {
    const std::vector<Row> rows = rows_of(certificate.judged.checks);
    if (rows.empty())
        return 0.0;
    const double row_mm = row_of(certificate);
    const double left_x = corner.x() + 0.47 * width_mm, right_x = corner.x() + 0.60 * width_mm;
    const double limit_x = corner.x() + 0.65 * width_mm, verdict_x = corner.x() + width_mm;
    double y = corner.y() + 3.4;
    const auto right_aligned = [](TextStyle style) {
        style.align = Align::right;
        return style;
    };
    sheet.text({corner.x(), y}, QStringLiteral("Checks"), head);
    sheet.text({left_x, y}, QStringLiteral("left pad"), right_aligned(head));
    sheet.text({right_x, y}, QStringLiteral("right pad"), right_aligned(head));
    sheet.text({limit_x, y}, QStringLiteral("limit"), head);
    sheet.text({verdict_x, y}, QStringLiteral("verdict"), right_aligned(head));
    y += 1.5;
    sheet.line({corner.x(), y}, {verdict_x, y}, 0.35, colour::ink);
    for (const Row& row : rows) {
        const bool failed = row.worst == Verdict::failed;
        if (failed)
            sheet.box(QRectF(corner.x() - 1.5, y + 0.3, width_mm + 3.0, row_mm - 0.6), colour::line.lighter(115));
        const double base = y + 0.5 * row_mm + 1.1;
        sheet.text({corner.x(), base}, label_of(row.code), {3.4, failed ? QFont::Bold : QFont::Normal});
        const auto value = [&](const std::optional<Check>& check, double x) {
            if (!check)
                return;
            const bool known = check->verdict != Verdict::not_measured;
            const bool wrong = check->verdict == Verdict::failed;
            sheet.text({x, base}, known ? figure(check->value, check->unit) : QStringLiteral("–"),
                       {3.4, wrong ? QFont::Bold : QFont::Medium, wrong ? colour::bad : colour::ink, Align::right});
        };
        value(row.left, left_x);
        value(row.right, right_x);
        value(row.plate, (left_x + right_x) / 2.0);
        // Limits of both pads are one, unless the worst place lies at an edge of one pad only.
        const Check& first = row.left ? *row.left : row.right ? *row.right : *row.plate;
        QString limit = limit_of(first);
        if (row.left && row.right && row.right->limit != row.left->limit)
            limit += QStringLiteral(", ") + limit_of(*row.right);
        sheet.text({limit_x, base}, limit, {3.4});
        const bool passed = row.worst == Verdict::passed;
        const QString word = passed   ? QStringLiteral("passed")
                             : failed ? QStringLiteral("FAILED")
                                      : QStringLiteral("not measured");
        const TextStyle verdict{3.4, passed ? QFont::Normal : QFont::Bold, failed ? colour::bad : colour::ink,
                                Align::right};
        sheet.text({verdict_x, base}, word, verdict);
        const QPointF mark(verdict_x - sheet.width_of(word, verdict) - 3.2, base - 1.2);
        if (passed)
            sheet.tick(mark, 2.6, colour::good);
        else if (failed)
            sheet.cross(mark, 2.8, colour::bad);
        y += row_mm;
        sheet.line({corner.x(), y}, {verdict_x, y}, 0.12, colour::line);
    }
    return y - corner.y();
}

double draw_uncertainty(Sheet& sheet, QPointF corner, double width_mm, const Certificate& certificate) {
    constexpr std::size_t places = 5, loads = 3;  // judgement_of(): each load at the centre and in four corners
    const auto& pads = certificate.judged.pads;
    if (!pads[0] && !pads[1])
        return 0.0;
    const double row_mm = row_of(certificate), verdict_x = corner.x() + width_mm;
    const std::array<double, 2> force_x{corner.x() + 0.44 * width_mm, corner.x() + 0.80 * width_mm};
    const std::array<double, 2> place_x{corner.x() + 0.63 * width_mm, verdict_x};
    double y = corner.y() + 3.4;
    TextStyle right = head;
    right.align = Align::right;
    sheet.text({corner.x(), y}, QStringLiteral("Uncertainty (k = 2)"), head);
    for (std::size_t pad = 0; pad < 2; ++pad) {
        const QString name = pad == 0 ? QStringLiteral("left pad: ") : QStringLiteral("right pad: ");
        sheet.text({force_x[pad], y}, name + QStringLiteral("force"), right);
        sheet.text({place_x[pad], y}, QStringLiteral("centre of pressure"), right);
    }
    y += 1.5;
    sheet.line({corner.x(), y}, {verdict_x, y}, 0.35, colour::ink);
    for (std::size_t load = 0; load < loads; ++load) {
        const double base = y + 0.5 * row_mm + 1.1;
        QString label;
        for (std::size_t pad = 0; pad < 2; ++pad) {
            if (!pads[pad] || pads[pad]->uncertainty.size() < (load + 1) * places)
                continue;
            const auto* first = &pads[pad]->uncertainty[load * places];
            double force = 0.0, place = 0.0;
            for (std::size_t i = 0; i < places; ++i) {
                force = std::max(force, first[i].expanded.force.value);
                place = std::max({place, first[i].expanded.x.value, first[i].expanded.y.value});
            }
            if (label.isEmpty())
                label = QString::fromStdString(fmt::format("{:.0f} N within 70 % of the levers", first->load.value));
            const TextStyle value{3.4, QFont::Medium, colour::ink, Align::right};
            sheet.text({force_x[pad], base}, QString::fromStdString(fmt::format("± {:.2f} N", force)), value);
            sheet.text({place_x[pad], base}, QString::fromStdString(fmt::format("± {:.2f} mm", place)), value);
        }
        sheet.text({corner.x(), base}, label, {3.4});
        y += row_mm;
        sheet.line({corner.x(), y}, {verdict_x, y}, 0.12, colour::line);
    }
    return y - corner.y();
}

}  // namespace heeldrop::report
