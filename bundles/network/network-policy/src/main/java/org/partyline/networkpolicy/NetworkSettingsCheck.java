package org.partyline.networkpolicy;

import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;

/** Checks network settings before they are stored, and those in force: invalid ones would cut the server off. */
@Component(configurationPid = NetworkSettings.PID)
public final class NetworkSettingsCheck implements SettingsDeclaration, HealthCheck {
    private volatile Map<String, Object> inForce = Map.of();

    /** For Declarative Services. */
    public NetworkSettingsCheck() {}

    /** @param values the configuration, also when it changes */
    @Activate
    @Modified
    void configured(Map<String, Object> values) {
        this.inForce = values;
    }

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
        String unknown = NetworkSettingsFile.unknown(inForce);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(unknown + ", so no other would take effect: correct it in the file");
        }
    }

    @Override
    public String name() {
        return "network";
    }

    @Override
    public List<Finding> examine() {
        String fault = NetworkSettings.of(inForce).fault();
        return fault.isEmpty()
                ? List.of()
                : List.of(Finding.unsafe(
                        name(),
                        "nothing leaves this machine: " + fault,
                        "correct etc/" + NetworkSettings.PID + ".cfg"));
    }
}
