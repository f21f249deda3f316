// What many candidates of a movement, each with its weight, come to together. Pure maths; header only.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "daemon/motion/movement.hpp"

namespace heeldrop::motion {

/// Weighted mean and spread of a quantity over the candidates.
struct Moments {
    double sum = 0.0, squares = 0.0;
    void add(double w, double value, double variance = 0.0) {
        sum += w * value;
        squares += w * (value * value + variance);
    }
    double mean(double weight) const { return sum / weight; }
    double sd(double weight) const { return std::sqrt(std::max(0.0, squares / weight - mean(weight) * mean(weight))); }
    void absorb(const Moments& other, double factor) {
        sum += factor * other.sum;
        squares += factor * other.squares;
    }
};

/// All candidates, each weighed by its likelihood and by the room it stands for.
class Posterior {
 public:
    /// What a log likelihood is worth: nobody moves quite as any of the shapes does, and under a model that is wrong
    /// the plain one is too sure of itself (Grunwald and van Ommen 2017). Below 0.6 errors grow.
    static constexpr double worth = 0.8;

    /// The log of a candidate's weight, by its likelihood and by how much of all that is expected it stands for.
    static double log_weight(double log_likelihood, double log_expected) {
        return worth * log_likelihood + log_expected;
    }
    /// The log likelihood below which one that stands for so much does not count.
    double least_likelihood(double log_expected) const { return (least() - log_expected) / worth; }
    void add(double log_weight, std::size_t profile, double start, double end, double height, double height_var,
             double peak, double gain, double gain_var) {
        if (!(log_weight > least()))
            return;
        if (log_weight > reference_ + 30.0 || weight_ == 0.0)
            rescale(log_weight);
        const double w = std::exp(log_weight - reference_);
        weight_ += w;
        shapes_[profile] += w;
        start_.add(w, start);
        end_.add(w, end);
        duration_.add(w, end - start);
        height_.add(w, height, height_var);
        peak_.add(w, peak);
        gain_.add(w, gain, gain_var);
    }
    void absorb(const Posterior& other) {
        if (other.empty())
            return;
        if (empty() || other.reference_ > reference_)
            rescale(other.reference_);
        const double factor = std::exp(other.reference_ - reference_);
        weight_ += factor * other.weight_;
        start_.absorb(other.start_, factor);
        end_.absorb(other.end_, factor);
        duration_.absorb(other.duration_, factor);
        height_.absorb(other.height_, factor);
        peak_.absorb(other.peak_, factor);
        gain_.absorb(other.gain_, factor);
    }
    /// The log of a weight below which none counts.
    double least() const { return reference_ - 30.0; }
    bool empty() const { return !(weight_ > 0.0); }
    double log_weight() const {
        return empty() ? -std::numeric_limits<double>::infinity() : reference_ + std::log(weight_);
    }
    double start() const { return start_.mean(weight_); }
    double end() const { return end_.mean(weight_); }
    double start_sd() const { return start_.sd(weight_); }
    double end_sd() const { return end_.sd(weight_); }
    double duration() const { return duration_.mean(weight_); }
    ShapeWeights shapes() const {
        ShapeWeights each = shapes_;
        for (double& w : each)
            w /= weight_;
        return each;
    }

    MovementFit fit() const {
        MovementFit fit;
        fit.start = start();
        fit.end = end();
        fit.start_sd = start_sd();
        fit.end_sd = end_sd();
        fit.duration = duration();
        fit.duration_sd = duration_.sd(weight_);
        fit.height = height_.mean(weight_);
        fit.height_sd = height_.sd(weight_);
        fit.peak_speed = peak_.mean(weight_);
        fit.gain = gain_.mean(weight_);
        fit.gain_sd = gain_.sd(weight_);
        return fit;
    }

 private:
    void rescale(double reference) {
        const double factor = empty() ? 0.0 : std::exp(reference_ - reference);
        weight_ *= factor;
        for (double& w : shapes_)
            w *= factor;
        for (Moments* m : {&start_, &end_, &duration_, &height_, &peak_, &gain_}) {
            m->sum *= factor;
            m->squares *= factor;
        }
        reference_ = reference;
    }

    double reference_ = -std::numeric_limits<double>::infinity();
    double weight_ = 0.0;
    ShapeWeights shapes_{};
    Moments start_, end_, duration_, height_, peak_, gain_;
};

}  // namespace heeldrop::motion
