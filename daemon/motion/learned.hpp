// What the reps so far teach of a person, each by a mean that follows. Pure maths; header only.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "daemon/motion/account.hpp"
#include "daemon/motion/stretch.hpp"

namespace heeldrop::motion {

/// Of the drops so far that took back their rise: a mean that follows.
struct UsualDrop {
    double sum = 0.0, weight = 0.0;
    void add(double height) {
        sum = 0.8 * sum + height;
        weight = 0.8 * weight + 1.0;
    }
    double value() const { return weight > 0.0 ? sum / weight : 0.0; }
};

/// How much further than their rise drops go, a mean that wanders: recursive least squares (Kalman 1960) over what
/// each fit found beyond what it was told to expect.
struct Further {
    static constexpr double scatter = 0.055, wander = 0.01;  ///< of the rise, from rep to rep; of the mean
    static constexpr double least = 0.03;  ///< nor stops a whole drop above where the rise began by more
    static constexpr double most = 1.2;    ///< nobody's step lies further below
    double mean = Knowledge{}.further;
    double variance = Knowledge{}.further_sd * Knowledge{}.further_sd - scatter * scatter;
    double sd() const { return std::sqrt(variance + scatter * scatter); }
    void add(const Account& a) {
        const auto [expected, expected_sd] = *a.drop_expected;
        const double told = 1.0 / (a.drop->height_sd * a.drop->height_sd) - 1.0 / (expected_sd * expected_sd);
        if (!(told > 0.0))
            return;
        const double seen = a.drop->height + (a.drop->height - expected) / (told * expected_sd * expected_sd);
        const double rise = counted_rise(*a.rise), off_by_rise = seen / rise * a.rise->height_sd;
        learn(seen / rise - 1.0, (1.0 / told + off_by_rise * off_by_rise) / (rise * rise));
    }
    void learn(double part, double its_variance) {
        variance += wander * wander;
        const double gain = variance / (variance + scatter * scatter + its_variance);
        mean = std::clamp(mean + gain * (part - mean), -least, most);
        variance *= 1.0 - gain;
    }
};

/// What a person keeps to, fading: one's scatter is expected before looking, by three's worth.
struct Usual {
    double expected_sd;
    double weight = 0.0, sum = 0.0, squares = 0.0;
    void add(double x) {
        weight = 0.9 * weight + 1.0;
        sum = 0.9 * sum + x;
        squares = 0.9 * squares + x * x;
    }
    double mean() const { return sum / weight; }
    /// What one more is expected to be off the mean by.
    double sd() const {
        const double scatter = std::max(0.0, squares / weight - mean() * mean());
        const double one = (3.0 * expected_sd * expected_sd + weight * scatter) / (3.0 + weight - 1.0);
        return std::sqrt(one * (1.0 + 1.0 / weight));
    }
};

/// A person keeps a manner of lowering: every drop tells of the next, beside an expectation of all shapes alike.
struct UsualShapes {
    static constexpr double all_alike = 3.0;  ///< so many drops' worth
    ShapeWeights told{};
    bool any = false;
    void add(const ShapeWeights& probabilities) {
        any = true;
        for (std::size_t p = 0; p < shapes; ++p)
            told[p] = 0.9 * told[p] + probabilities[p];
    }
    std::optional<ShapeWeights> weights() const {
        ShapeWeights each = told;
        for (double& w : each)
            w += all_alike / static_cast<double>(shapes);
        return any ? std::optional(each) : std::nullopt;
    }
};

}  // namespace heeldrop::motion
