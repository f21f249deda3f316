// What a table of loads says of a board of several cells: the same load read at each place, and the centre of pressure.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "calibration/cli/column_roles.hpp"
#include "calibration/cli/columns.hpp"
#include "calibration/lib/load_table.hpp"

namespace heeldrop::calibrate {

/// Of the rows with a fifth of the largest load or more at this place, as far as they are not suspicious.
struct PlaceReading {
    std::string place;  ///< its name, or "x -90, y 130 mm"
    int rows = 0;
    double off_percent = 0.0;   ///< of what the fit reads there, on average, from the load
    double even_percent = 0.0;  ///< the same with one gain for all cells: the board as it came
};

/// Empty where the table names no places.
std::vector<PlaceReading> places_of(const Columns& columns, const std::vector<Column>& what,
                                    const calibration::LoadTable& table, const calibration::TableFit& fit);
/// From the place that reads least to the one that reads most, per cent of the load, of one of the figures above; none
/// with fewer than two places.
std::optional<double> spread_percent(const std::vector<PlaceReading>& places, double PlaceReading::*figure);

/// A row whose load the cells tell to have stood elsewhere, judged as suspicious rows are, by the moments.
struct OffMark {
    std::size_t row;
    Millimetres x, y, by;  ///< where it stood, and how far that is from what the table says
};

/// How far the centre of pressure, by moments fitted on the same counts, lies from where the loads stood.
struct CentreError {
    std::string why_not;  ///< why it cannot be told; "" where it is
    Millimetres rms_x, rms_y, largest;
    std::size_t largest_line = 0;
    std::vector<OffMark> off_marks;  ///< not in the figures above
};
/// None where the table has no x and y.
std::optional<CentreError> centre_of_pressure(const Columns& columns, const std::vector<Column>& what,
                                              const calibration::LoadTable& table, const calibration::TableFit& fit);

nlohmann::ordered_json to_json(const std::vector<PlaceReading>&);
nlohmann::ordered_json to_json(const std::optional<CentreError>&);
void print(const std::vector<PlaceReading>&);
void print(const std::optional<CentreError>&);

}  // namespace heeldrop::calibrate
