package org.partyline.networkpolicy;

import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/** Checks network settings before they are stored: an invalid proxy would cut the server off. */
@Component
public final class NetworkSettingsCheck implements SettingsDeclaration {
    /** For Declarative Services. */
    public NetworkSettingsCheck() {}

    @Override
    public String pid() {
        return NetworkSettings.PID;
    }

    @Override
    public String title() {
        return "How connections to other machines are made. Without this configuration, no connection is made.";
    }

    @Override
    public List<Setting<?>> settings() {
        return NetworkConfiguration.ALL;
    }

    @Override
    public void check(Map<String, String> settings) {
        String fault = NetworkSettings.of(settings).fault();
        if (!fault.isEmpty()) {
            throw new IllegalArgumentException(fault);
        }
    }
}
