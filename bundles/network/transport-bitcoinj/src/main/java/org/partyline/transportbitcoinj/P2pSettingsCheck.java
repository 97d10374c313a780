package org.partyline.transportbitcoinj;

import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.PartylineException;
import org.partyline.api.config.Setting;
import org.partyline.api.transport.NodeSettingsCheck;

/** Checks the settings of a new node. */
@Component
public final class P2pSettingsCheck implements NodeSettingsCheck {
    @Override
    public String type() {
        return P2pTransport.TYPE;
    }

    @Override
    public String title() {
        return "Peers reached by Bitcoin's own protocol; together they are one node.";
    }

    @Override
    public List<Setting<?>> settings() {
        return P2pConfiguration.ALL;
    }

    @Override
    public void check(Map<String, String> settings) throws PartylineException {
        NodeSettingsCheck.super.check(settings);
        P2pSettings.of(settings);
    }
}
