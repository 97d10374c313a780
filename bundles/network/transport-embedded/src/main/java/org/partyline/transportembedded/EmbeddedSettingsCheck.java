package org.partyline.transportembedded;

import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.NodeSettingsCheck;
import org.partyline.api.transport.SettingKeys;

/** Reads settings of a node that is not there yet. */
@Component
public final class EmbeddedSettingsCheck implements NodeSettingsCheck {
    @Override
    public String type() {
        return "embedded";
    }

    @Override
    public void check(Map<String, String> settings) throws PartylineException {
        SettingKeys.check(type(), EmbeddedConfig.class, settings.keySet());
        SettingsReader reader = new SettingsReader(settings);
        try {
            reader.name();
            reader.settings();
        } catch (IllegalArgumentException e) {
            throw new PartylineException(e.getMessage(), e);
        }
    }
}
