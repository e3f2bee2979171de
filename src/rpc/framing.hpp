// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "protocol/frame.hpp"
#include "xdr/reader.hpp"
#include "xdr/writer.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::rpc {

/// One message as it stands in a buffer, after its length word.
struct Frame {
    protocol::Header header;
    std::string_view body;
    std::vector<Fd> descriptors{}; // that came with it
};

/// The size of the frame that begins at `bytes`, or nothing while the length word is not there whole. Throws
/// Error (Rpc) when the length is one that no frame has: the connection is then out of step and must be
/// closed.
std::optional<std::size_t> frame_size(std::string_view bytes);

/// Takes a whole frame apart (`bytes.size()` is its frame_size).
Frame parse_frame(std::string_view bytes);

/// Appends a frame to `out` while it lives: the header at once, the body as it is encoded behind it, and the
/// length when it is finished. Without `finish()` (an encoder threw) the half frame is cut off again.
class FrameWriter {
public:
    FrameWriter(std::string& out, const protocol::Header& header);
    ~FrameWriter() {
        if (!finished_) out_.resize(start_);
    }
    FrameWriter(const FrameWriter&) = delete;
    FrameWriter& operator=(const FrameWriter&) = delete;

    template <class Body> void write(const Body& body) { xdr::encode(out_, body); }
    void write_bytes(std::string_view bytes) { out_.append(bytes); }
    /// Throws Error (Rpc) when the frame became too large.
    void finish();

private:
    std::string& out_;
    std::size_t start_;
    bool finished_ = false;
};

/// Appends a frame with this body.
template <class Body> void append_frame(std::string& out, const protocol::Header& header, const Body& body) {
    FrameWriter frame{out, header};
    frame.write(body);
    frame.finish();
}

} // namespace vireo::rpc
