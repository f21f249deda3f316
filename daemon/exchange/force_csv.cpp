#include "daemon/exchange/force_csv.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

namespace heeldrop::exchange {
namespace {

enum Column : std::size_t { time, left, right, left_cop, right_cop, left_fault, right_fault, uncalibrated, columns };
constexpr std::array<std::string_view, columns> names{
    "t_s", "left_n", "right_n", "left_cop_y_mm", "right_cop_y_mm", "left_fault", "right_fault", "uncalibrated"};
constexpr std::size_t needed = 3;
constexpr std::size_t max_line_bytes = 1 << 16;
constexpr double min_rate_hz = 40.0, max_rate_hz = 2000.0;
constexpr double rate_tolerance = 1e-3;  // a file at 2000/s with its times rounded to 1 us is still one at 2000/s
constexpr double max_force_n = 1e5;      // ten tonnes: nothing that stands on a pad
constexpr const char* cr_alone = "its lines end with CR alone; save it with LF or CRLF line ends";

/// Gives a file's lines one after the other, without their line ends, reading in large pieces.
class Lines {
 public:
    explicit Lines(const std::filesystem::path& path)
        : name_(path.native()), fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (fd_ < 0)
            throw CsvError(name_, 0, fmt::format("cannot be opened: {}", std::strerror(errno)));
        buffer_.resize(2 * max_line_bytes);
    }
    ~Lines() { close(fd_); }
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;

    /// The view holds until the next call. None at the end.
    std::optional<std::string_view> next() {
        for (;;) {
            const std::string_view rest(buffer_.data() + begin_, end_ - begin_);
            const auto lf = rest.find('\n');
            if (lf != std::string_view::npos || (at_end_ && !rest.empty())) {
                std::string_view line = rest.substr(0, lf);
                begin_ = lf == std::string_view::npos ? end_ : begin_ + lf + 1;
                ++number_;
                if (!line.empty() && line.back() == '\r')
                    line.remove_suffix(1);
                return line;
            }
            if (at_end_)
                return std::nullopt;
            if (rest.size() > max_line_bytes)
                throw CsvError(name_, number_ + 1,
                               rest.find('\r') != std::string_view::npos
                                   ? cr_alone
                                   : "the line is too long: this is no force file");
            fill();
        }
    }
    std::size_t number() const { return number_; }
    const std::string& name() const { return name_; }

 private:
    void fill() {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        ssize_t n;
        do
            n = read(fd_, buffer_.data() + end_, buffer_.size() - end_);
        while (n < 0 && errno == EINTR);
        if (n < 0)
            throw CsvError(name_, 0, fmt::format("cannot be read: {}", std::strerror(errno)));
        at_end_ = n == 0;
        end_ += static_cast<std::size_t>(n);
    }

    std::string name_;
    int fd_;
    std::string buffer_;
    std::size_t begin_ = 0, end_ = 0, number_ = 0;
    bool at_end_ = false;
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// What of a field may stand in a message: short, printable, one line.
std::string shown(std::string_view field) {
    std::string text;
    for (const char c : field.substr(0, 24))
        text += (c >= 0x20 && c < 0x7f) ? c : '?';
    return field.size() > 24 ? text + "..." : text;
}

/// The splitting of one line, without allocation.
class Fields {
 public:
    explicit Fields(std::string_view line) : rest_(line) {}
    std::optional<std::string_view> next() {
        if (done_)
            return std::nullopt;
        const auto comma = rest_.find(',');
        const std::string_view field = rest_.substr(0, comma);
        done_ = comma == std::string_view::npos;
        if (!done_)
            rest_.remove_prefix(comma + 1);
        return trimmed(field);
    }

 private:
    std::string_view rest_;
    bool done_ = false;
};

/// Any number from_chars knows, infinities and NaN included; none where the field is not one number and nothing else.
std::optional<double> number_in(std::string_view field) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size())
        return std::nullopt;
    return value;
}

class Reader {
 public:
    explicit Reader(const std::filesystem::path& path) : lines_(path) {}

    ForceFile read() {
        read_header();
        while (const auto line = lines_.next())
            if (!trimmed(*line).empty())
                read_row(*line);
        if (file_.samples.size() < 2)
            fail(std::max<std::size_t>(lines_.number(), 1), file_.samples.empty()
                                                                ? "there are no samples below the header"
                                                                : "there is a single sample; at least two are needed");
        check_rate();
        return std::move(file_);
    }

 private:
    [[noreturn]] void fail(std::size_t line, std::string reason) const {
        throw CsvError(lines_.name(), line, std::move(reason));
    }
    [[noreturn]] void fail(std::string reason) const { fail(lines_.number(), std::move(reason)); }

    void read_header() {
        auto line = lines_.next();
        if (line && line->starts_with("\xEF\xBB\xBF"))
            line->remove_prefix(3);
        while (line && trimmed(*line).empty())
            line = lines_.next();
        if (!line)
            fail(1, "the file is empty");
        if (line->find('\r') != std::string_view::npos)
            fail(cr_alone);
        if (line->find('\0') != std::string_view::npos)
            fail("this is not a text file");
        std::array<bool, columns> seen{};
        Fields fields(*line);
        while (auto field = fields.next()) {
            if (field->size() >= 2 && field->front() == '"' && field->back() == '"')
                *field = field->substr(1, field->size() - 2);
            const auto known = std::find(names.begin(), names.end(), *field);
            const auto column = static_cast<std::size_t>(known - names.begin());
            order_.push_back(column);
            if (column == columns)
                continue;
            if (seen[column])
                fail(fmt::format("column {} is there twice", names[column]));
            seen[column] = true;
        }
        for (std::size_t c = 0; c < needed; ++c) {
            if (seen[c])
                continue;
            const bool semicolons =
                line->find(';') != std::string_view::npos && line->find(',') == std::string_view::npos;
            fail(fmt::format("column {} is missing; needed are t_s, left_n, right_n{}", names[c],
                             semicolons ? ", separated by commas, not semicolons" : ""));
        }
    }

    void read_row(std::string_view line) {
        std::array<std::string_view, columns> field{};
        Fields fields(line);
        std::size_t count = 0;
        while (const auto text = fields.next()) {
            if (count < order_.size() && order_[count] != columns)
                field[order_[count]] = *text;
            ++count;
        }
        if (count != order_.size())
            fail(fmt::format("{} fields where the header names {}{}", count, order_.size(),
                             count > order_.size() ? "; are there decimal commas?" : ""));
        motion::ForceSample s;
        const auto t = number_in(field[time]);
        if (!t || !std::isfinite(*t))
            fail(fmt::format("t_s is \"{}\", not a time in seconds", shown(field[time])));
        if (!file_.samples.empty() && !(*t > file_.samples.back().t.value))
            fail(fmt::format("time does not increase: {} after {}", *t, file_.samples.back().t.value));
        s.t = Seconds{*t};
        s.left_fault = flag(field[left_fault], left_fault);
        s.right_fault = flag(field[right_fault], right_fault);
        s.left = force(field[left], left, s.left_fault);
        s.right = force(field[right], right, s.right_fault);
        s.left_cop_y = position(field[left_cop], left_cop);
        s.right_cop_y = position(field[right_cop], right_cop);
        file_.uncalibrated = flag(field[uncalibrated], uncalibrated) || file_.uncalibrated;
        file_.samples.push_back(s);
    }

    bool flag(std::string_view field, Column column) const {
        if (field.empty() || field == "0")
            return false;
        if (field == "1")
            return true;
        fail(fmt::format("{} is \"{}\", not 0 or 1", names[column], shown(field)));
    }
    Newtons force(std::string_view field, Column column, bool fault) const {
        const auto value = number_in(field);
        if (value && std::abs(*value) <= max_force_n)
            return Newtons{*value};
        if (fault && (field.empty() || (value && std::isnan(*value))))
            return Newtons{std::numeric_limits<double>::quiet_NaN()};
        fail(fmt::format("{} is \"{}\", not a force in newtons", names[column], shown(field)));
    }
    Millimetres position(std::string_view field, Column column) const {
        if (field.empty())
            return Millimetres{std::numeric_limits<double>::quiet_NaN()};
        const auto value = number_in(field);
        if (!value || std::isinf(*value))
            fail(fmt::format("{} is \"{}\", not a position in millimetres", names[column], shown(field)));
        return Millimetres{*value};
    }

    void check_rate() const {
        const auto& samples = file_.samples;
        std::vector<double> intervals(samples.size() - 1);
        for (std::size_t i = 0; i < intervals.size(); ++i)
            intervals[i] = (samples[i + 1].t - samples[i].t).value;
        const auto middle = intervals.begin() + static_cast<std::ptrdiff_t>(intervals.size() / 2);
        std::nth_element(intervals.begin(), middle, intervals.end());
        const double rate = 1.0 / *middle;
        if (rate < min_rate_hz * (1 - rate_tolerance) || rate > max_rate_hz * (1 + rate_tolerance))
            fail(2, fmt::format("{:.4g} samples a second; {} to {} are needed", rate, min_rate_hz, max_rate_hz));
    }

    Lines lines_;
    std::vector<std::size_t> order_;  ///< of each field of a row its column, or `columns` for one that is ignored
    ForceFile file_;
};

void append_number(std::string& out, double value) {
    if (std::isnan(value))
        return;
    char text[400];  // the longest fixed double has 309 digits before the point
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr;
    out.append(text, end);
}

}  // namespace

CsvError::CsvError(std::string file, std::size_t line, std::string reason)
    : std::runtime_error(line == 0 ? fmt::format("{}: {}", file, reason)
                                   : fmt::format("{}:{}: {}", file, line, reason)),
      file_(std::move(file)),
      line_(line),
      reason_(std::move(reason)) {}

ForceFile read_force_csv(const std::filesystem::path& path) {
    return Reader(path).read();
}

void append_force_row(std::string& out, const motion::ForceSample& sample, const RowMarks& marks) {
    append_number(out, sample.t.value);
    for (const double value :
         {sample.left.value, sample.right.value, sample.left_cop_y.value, sample.right_cop_y.value}) {
        out += ',';
        append_number(out, value);
    }
    for (const bool value :
         {sample.left_fault, sample.right_fault, marks.uncalibrated, marks.gap_before, marks.extrapolated}) {
        out += ',';
        out += value ? '1' : '0';
    }
    out += ',';
    out += marks.calibration_id;
    out += '\n';
}

}  // namespace heeldrop::exchange
