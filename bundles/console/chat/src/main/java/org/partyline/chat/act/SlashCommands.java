package org.partyline.chat.act;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.Editor;
import org.partyline.chat.model.State;
import org.partyline.chat.model.StateBuilder;
import org.partyline.chat.model.Talk;

/** Parses and completes the slash commands of the input line. */
final class SlashCommands {
    /** In the order of the help text. */
    static final List<String> NAMES = List.of(
            "search",
            "burn",
            "ttl",
            "sign",
            "carrier",
            "recall",
            "inspect",
            "read",
            "reply",
            "react",
            "edit",
            "forget",
            "go",
            "list",
            "who",
            "persona",
            "me",
            "transcript",
            "help",
            "quit");

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})([mhd])");
    private static final Duration LONGEST = Duration.ofDays(45);

    private SlashCommands() {}

    /** Parses a time to live; empty if it is invalid or out of range. */
    static Optional<Duration> ttl(String words) {
        Matcher match = DURATION.matcher(words.strip());
        if (!match.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(match.group(1));
        Duration ttl = switch (match.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
        return Optional.of(ttl).filter(each -> !each.isZero() && each.compareTo(LONGEST) <= 0);
    }

    /** Returns the conversation with this name, otherwise the only one whose name begins with it. */
    static Optional<ConversationAddress> find(State state, String name) {
        List<ConversationAddress> same = state.talks().stream()
                .map(Talk::place)
                .filter(place -> place.name().equals(name))
                .toList();
        if (!same.isEmpty()) {
            return Optional.of(same.get(0));
        }
        List<ConversationAddress> begins = state.talks().stream()
                .map(Talk::place)
                .filter(place -> place.name().startsWith(name))
                .toList();
        return begins.size() == 1 ? Optional.of(begins.get(0)) : Optional.empty();
    }

    /** Completes the word before the cursor as far as it is unambiguous. */
    static State complete(State state) {
        Editor editor = state.editor();
        String text = editor.text();
        if (!text.startsWith("/") || editor.cursor() != text.length()) {
            return state;
        }
        int blank = text.indexOf(' ');
        String begun = blank < 0 ? text.substring(1) : text.substring(blank + 1);
        List<String> values = blank < 0
                ? NAMES
                : switch (text.substring(1, blank)) {
                    case "go" ->
                        state.talks().stream().map(talk -> talk.place().name()).toList();
                    case "carrier" -> state.status().carriers();
                    case "ttl" -> List.of("15m", "1h", "1d");
                    default -> List.of();
                };
        List<String> fitting = values.stream()
                .filter(value -> value.startsWith(begun))
                .distinct()
                .toList();
        if (fitting.isEmpty()) {
            return state;
        }
        String common = fitting.get(0);
        for (String value : fitting) {
            while (!value.startsWith(common)) {
                common = common.substring(0, common.length() - 1);
            }
        }
        String head = blank < 0 ? "/" : text.substring(0, blank + 1);
        boolean whole = fitting.size() == 1 && blank < 0;
        return StateBuilder.builder(state)
                .editor(editor.with(head + common + (whole ? " " : "")))
                .hint(fitting.size() == 1 || blank >= 0 ? "" : String.join("  ", fitting))
                .build();
    }
}
