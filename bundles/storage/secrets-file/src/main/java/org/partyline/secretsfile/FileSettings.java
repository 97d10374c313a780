package org.partyline.secretsfile;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/** The settings in {@code etc/org.partyline.secrets.file.cfg}. The passphrase file is read only when it is needed. */
@Component
public final class FileSettings implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.secrets.file";

    static final Setting<String> PASSPHRASE_FILE = Setting.text(
                    "passphrase-file", "", "an absolute path, or nothing", FileSettings::path)
            .unit("path")
            .says("Absolute path of a file of mode 0600, owned by this user, in a directory that others cannot write "
                    + "to; its first line is the passphrase, 8 to 4096 bytes. Empty: the systemd credential "
                    + "partyline-secrets-passphrase or, without it, partyline.passphrase.");

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "Source of the secrets file's passphrase.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(PASSPHRASE_FILE);
    }

    private static String path(String text) {
        try {
            if (text.isEmpty() || Path.of(text).isAbsolute()) {
                return text;
            }
        } catch (InvalidPathException e) {
            // The message is the same as for other invalid values.
        }
        throw new IllegalArgumentException();
    }
}
