package org.partyline.settings;

import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.SettingsCheck;

/** Reads the engine's settings before they are stored. */
@Component
public final class EngineSettingsCheck implements SettingsCheck {
    /** For Declarative Services. */
    public EngineSettingsCheck() {}

    @Override
    public String pid() {
        return SettingsKeeper.PID;
    }

    @Override
    public void check(Map<String, String> settings) {
        SettingsReader.parse(settings);
    }
}
