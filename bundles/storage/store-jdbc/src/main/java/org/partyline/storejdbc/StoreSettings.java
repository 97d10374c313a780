package org.partyline.storejdbc;

import java.time.Duration;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/** The settings in {@code etc/org.partyline.store.jdbc.cfg}. */
@Component
public final class StoreSettings implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.store.jdbc";

    private static final int LONGEST_NAME = 255;

    static final Setting<String> DATASOURCE = Setting.text(
                    "datasource",
                    "",
                    "the name of a DataSource service, at most 255 characters, or nothing",
                    StoreSettings::name)
            .effect("at once; this locks the store")
            .says("Name of a DataSource service (osgi.jndi.service.name or dataSourceName), one database for each "
                    + "server. Empty: H2 in a file under partyline.home.");

    static final Setting<Duration> ERASE_AFTER = Setting.duration("erase-after", "1h", "1m", "7d")
            .says("How long deleted data may stay in the store's files, encrypted, before they are rewritten.");

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "Where the server keeps its sealed state.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(DATASOURCE, ERASE_AFTER);
    }

    private static String name(String text) {
        if (text.length() > LONGEST_NAME || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException();
        }
        return text;
    }
}
