package org.partyline.storejdbc;

import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.SettingsCheck;

/** Reads the store's settings before they are stored. */
@Component
public final class StoreSettingsCheck implements SettingsCheck {
    /** For Declarative Services. */
    public StoreSettingsCheck() {}

    @Override
    public String pid() {
        return StoreSettings.PID;
    }

    @Override
    public void check(Map<String, String> settings) {
        StoreProvider.name(settings.getOrDefault("datasource", ""));
        StoreProvider.eraseAfter(settings.getOrDefault("erase-after", "1h"));
    }
}
