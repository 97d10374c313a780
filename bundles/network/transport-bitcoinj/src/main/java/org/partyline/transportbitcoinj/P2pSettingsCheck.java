package org.partyline.transportbitcoinj;

import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.NodeSettingsCheck;
import org.partyline.api.transport.SettingKeys;

/** Reads settings of a node that is not there yet. */
@Component
public final class P2pSettingsCheck implements NodeSettingsCheck {
    @Override
    public String type() {
        return P2pTransport.TYPE;
    }

    @Override
    public void check(Map<String, String> settings) throws PartylineException {
        SettingKeys.check(type(), P2pConfiguration.class, settings.keySet());
        try {
            P2pSettings.of(settings);
        } catch (SettingException e) {
            throw new PartylineException(e.getMessage(), e);
        }
    }
}
