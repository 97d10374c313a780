package org.partyline.secretskeyring;

import java.time.Duration;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/** The settings in {@code etc/org.partyline.secrets.keyring.cfg}. */
@Component
public final class KeyringSettings implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.secrets.keyring";

    static final Setting<Duration> TIMEOUT = Setting.duration("timeout", "5s", "1s", "60s")
            .says("How long the keyring may take to answer. After that, it is considered unavailable.");

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "How to reach the desktop's keyring (gnome-keyring, KWallet) over D-Bus.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(TIMEOUT);
    }
}
