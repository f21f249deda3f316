// Boost.Asio's own code, compiled once (BOOST_ASIO_SEPARATE_COMPILATION) so that including it costs seconds less
// everywhere.
#include <boost/asio/impl/src.hpp>
