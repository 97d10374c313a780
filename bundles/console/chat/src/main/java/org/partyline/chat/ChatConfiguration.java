package org.partyline.chat;

import java.time.Duration;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/** What an operator can set in {@code etc/org.partyline.chat.cfg}. */
@Component
public final class ChatConfiguration implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.chat";

    static final Setting<Duration> LOCK_AFTER = Setting.duration("lock-after", "0", "1m", "24h")
            .or("0", "never")
            .as(time -> time.orElse(Duration.ZERO))
            .says("Time without a key press after which a chat locks the store, so that its screen shows nothing; 0: "
                    + "never.");

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
        return List.of(LOCK_AFTER);
    }
}
