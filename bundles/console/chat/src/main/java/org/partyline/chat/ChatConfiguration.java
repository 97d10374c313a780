package org.partyline.chat;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;
import org.partyline.chat.model.Preferences.Signal;

/** The settings in {@code etc/org.partyline.chat.cfg}. */
@Component
public final class ChatConfiguration implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.chat";

    static final Setting<Duration> LOCK_AFTER = Setting.duration("lock-after", "0", "1m", "24h")
            .or("0", "never")
            .as(time -> time.orElse(Duration.ZERO))
            .says("Time without a key press after which a chat locks the store, so that its screen shows nothing; 0: "
                    + "never.");

    static final Setting<ZoneId> TIME_ZONE = Setting.text(
                    "time-zone",
                    "UTC",
                    "UTC, local (that of the server), or a name such as Europe/Berlin",
                    ChatConfiguration::zone)
            .says("Time zone of the times on the screen.");

    static final Setting<Set<Signal>> NOTIFY = Setting.text(
                    "notify",
                    "none",
                    "none, or several of bell, title, osc9, osc777, with commas",
                    ChatConfiguration::signals)
            .says(
                    "How the terminal announces a new message, without words or names: the bell, a number in the window's title, a "
                            + "notification (OSC 9 or OSC 777).");

    static final Setting<Optional<Path>> TRANSCRIPTS = Setting.text(
                    "transcripts", "", "an absolute path, or nothing", ChatConfiguration::directory)
            .unit("path")
            .says("Directory for transcripts, which are not encrypted; empty: none can be made.");

    private static Optional<Path> directory(String text) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        Path path = Path.of(text.strip());
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("it must begin with a slash");
        }
        return Optional.of(path.normalize());
    }

    private static ZoneId zone(String text) {
        try {
            return text.equals("local")
                    ? ZoneId.systemDefault()
                    : text.equals("UTC") ? ZoneOffset.UTC : ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("", e);
        }
    }

    private static Set<Signal> signals(String text) {
        Set<Signal> signals = EnumSet.noneOf(Signal.class);
        if (!text.isBlank() && !text.strip().equals("none")) {
            for (String word : text.split(",", -1)) {
                String name = word.strip();
                if (!name.equals(name.toLowerCase(Locale.ROOT))) {
                    throw new IllegalArgumentException();
                }
                signals.add(Signal.valueOf(name.toUpperCase(Locale.ROOT)));
            }
        }
        return signals;
    }

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "The full screen of partyline:chat.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(LOCK_AFTER, TIME_ZONE, NOTIFY, TRANSCRIPTS);
    }
}
