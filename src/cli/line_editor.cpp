// SPDX-License-Identifier: Apache-2.0
#include "cli/line_editor.hpp"

#include "cli/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <histedit.h>

namespace vireo::cli {

namespace {
constexpr int history_size = 500;

/// Empty when nobody's home is known. (XDG Base Directory Specification)
std::filesystem::path history_file() {
    const char* state = std::getenv("XDG_STATE_HOME");
    const char* home = std::getenv("HOME");
    if (state && *state) return std::filesystem::path{state} / "vireo/history";
    if (home && *home) return std::filesystem::path{home} / ".local/state/vireo/history";
    return {};
}

std::string common_start(const std::vector<std::string>& words) {
    auto start = words.front();
    for (const auto& word : words) {
        auto differs = std::ranges::mismatch(start, word).in1;
        start.erase(differs, start.end());
    }
    return start;
}
} // namespace

class LineEditor::Implementation {
public:
    explicit Implementation(Completer completer)
        : completer_{std::move(completer)}, history_{::history_init()},
          editor_{::el_init("vireo", stdin, stdout, stderr)} {
        std::setlocale(LC_CTYPE, ""); // characters of several bytes are edited as one
        HistEvent event;
        ::history(history_, &event, H_SETSIZE, history_size);
        ::history(history_, &event, H_SETUNIQUE, 1);
        if (!file_.empty()) ::history(history_, &event, H_LOAD, file_.c_str());
        ::el_set(editor_, EL_CLIENTDATA, this);
        ::el_set(editor_, EL_HIST, ::history, history_);
        ::el_set(editor_, EL_EDITOR, "emacs");
        ::el_set(editor_, EL_SIGNAL, 1);
        ::el_set(editor_, EL_PROMPT, &prompt_of);
        ::el_set(editor_, EL_ADDFN, "vireo-complete", "Complete the word", &complete);
        ::el_set(editor_, EL_BIND, "^I", "vireo-complete", nullptr);
        ::el_source(editor_, nullptr); // ~/.editrc
    }
    ~Implementation() {
        save_history();
        ::el_end(editor_);
        ::history_end(history_);
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    std::optional<std::string> read(const std::string& prompt) {
        prompt_ = prompt;
        int length = 0;
        const char* text = ::el_gets(editor_, &length);
        if (!text || length <= 0) return std::nullopt;
        std::string line{text, static_cast<std::size_t>(length)};
        while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
        HistEvent event;
        if (line.find_first_not_of(" \t") != line.npos) ::history(history_, &event, H_ENTER, line.c_str());
        return line;
    }

private:
    static Implementation& of(EditLine* editor) {
        void* self = nullptr;
        ::el_get(editor, EL_CLIENTDATA, &self);
        return *static_cast<Implementation*>(self);
    }
    static char* prompt_of(EditLine* editor) { return of(editor).prompt_.data(); }

    /// Called by libedit when Tab is pressed.
    static unsigned char complete(EditLine* editor, int) {
        const auto* info = ::el_line(editor);
        std::string line{info->buffer, info->cursor};
        auto found = of(editor).completer_(line);
        if (found.empty()) return CC_REFRESH_BEEP;
        auto start = common_start(found);
        auto word = words_to_complete(line).back();
        auto addition = start.size() > word.size() ? start.substr(word.size()) : std::string{};
        if (found.size() == 1) addition += ' ';
        if (!addition.empty()) {
            ::el_insertstr(editor, addition.c_str());
            return CC_REFRESH;
        }
        fmt::print("\n{}\n", fmt::join(found, "  "));
        std::fflush(stdout);
        return CC_REDISPLAY;
    }

    /// A history that cannot be kept is no reason to disturb who leaves.
    void save_history() {
        if (file_.empty()) return;
        std::error_code ignored;
        std::filesystem::create_directories(file_.parent_path(), ignored);
        HistEvent event;
        ::history(history_, &event, H_SAVE, file_.c_str());
    }

    Completer completer_;
    std::string prompt_;
    std::filesystem::path file_ = history_file();
    History* history_;
    EditLine* editor_;
};

LineEditor::LineEditor(Completer completer)
    : implementation_{std::make_unique<Implementation>(std::move(completer))} {}
LineEditor::~LineEditor() = default;

std::optional<std::string> LineEditor::read(const std::string& prompt) {
    return implementation_->read(prompt);
}

} // namespace vireo::cli
