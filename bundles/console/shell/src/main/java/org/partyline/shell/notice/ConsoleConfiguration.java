package org.partyline.shell.notice;

import java.util.List;
import java.util.Locale;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/** The settings in {@code etc/org.partyline.console.cfg}. */
@Component
public final class ConsoleConfiguration implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.console";

    static final Setting<Wish> NOTICES = Setting.choice("notices", "names", "off", "names", "words")
            .as(word -> Wish.valueOf(word.toUpperCase(Locale.ROOT)))
            .says(
                    "Notices above the prompt when messages arrive. names: show sender and conversation. words: also show "
                            + "the text, except of burn messages. off: show none.");

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "Notices on the console.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(NOTICES);
    }
}
