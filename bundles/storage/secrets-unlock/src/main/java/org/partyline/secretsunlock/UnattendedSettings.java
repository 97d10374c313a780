package org.partyline.secretsunlock;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;
import org.partyline.api.secrets.Unattended.Source;

/** The settings in {@code etc/org.partyline.unattended.cfg}. */
@Component
public final class UnattendedSettings implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.unattended";

    static final Setting<Source> SOURCE = Setting.choice(
                    "source",
                    "ask",
                    "ask: by an operator, with partyline:unlock",
                    "keyring: the desktop's keyring",
                    "file: secrets/secrets.plsec",
                    "credential: the systemd credential")
            .as(word -> Source.ofWord(word).orElseThrow())
            .effect("at the next start")
            .command("partyline:secrets-move")
            .says("How the store is opened at startup. ask: by an operator, with partyline:unlock. keyring, file: with "
                    + "the store key kept there. credential: with the passphrase from the systemd credential "
                    + "partyline.passphrase. Commands change this setting and store the key.");

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "Open the store automatically when the server starts.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(SOURCE);
    }
}
