package org.partyline.secretsfile;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.SettingsCheck;

/** Reads the settings of the secrets' file before they are stored. What the file holds is seen when it is needed. */
@Component
public final class FileSettingsCheck implements SettingsCheck {
    private static final String KEY = "passphrase-file";

    /** For Declarative Services. */
    public FileSettingsCheck() {}

    @Override
    public String pid() {
        return FileSettings.PID;
    }

    @Override
    public void check(Map<String, String> settings) {
        String path = settings.getOrDefault(KEY, "");
        try {
            if (path.isEmpty() || Path.of(path).isAbsolute()) {
                return;
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(KEY + ": it must be an absolute path, or nothing", e);
        }
        throw new IllegalArgumentException(KEY + " = '" + path + "': it must be an absolute path, or nothing");
    }
}
