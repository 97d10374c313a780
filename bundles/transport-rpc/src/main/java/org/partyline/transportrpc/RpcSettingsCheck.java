package org.partyline.transportrpc;

import java.nio.file.Path;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.NodeSettingsCheck;

/** Reads settings of a node that is not there yet. */
@Component
public final class RpcSettingsCheck implements NodeSettingsCheck {
    @Override
    public String type() {
        return "rpc";
    }

    @Override
    public void check(Map<String, String> settings) throws PartylineException {
        try {
            RpcSettings.of(settings, Path.of(System.getProperty("user.home", ".")));
        } catch (SettingException e) {
            throw new PartylineException(e.getMessage(), e);
        }
    }
}
