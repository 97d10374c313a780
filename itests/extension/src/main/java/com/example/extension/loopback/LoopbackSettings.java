package com.example.extension.loopback;

import java.util.Map;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.NodeSettingsCheck;

/** Makes {@code node-add NAME --type loopback} known: such a node has no settings but its name. */
@Component
public final class LoopbackSettings implements NodeSettingsCheck {
    static final String TYPE = "loopback";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void check(Map<String, String> settings) throws PartylineException {
        if (!settings.keySet().equals(Set.of("name"))) {
            throw new PartylineException("a node of type " + TYPE + " has no settings");
        }
    }
}
