package com.example.extension.loopback;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.transport.NodeSettingsCheck;

/** Declares {@code node-add NAME --type loopback}: such a node has no settings other than its name. */
@Component
public final class LoopbackSettings implements NodeSettingsCheck {
    static final String TYPE = "loopback";

    private static final Setting<String> NAME = Setting.text("name", "", "a name")
            .command("partyline:node-remove and partyline:node-add")
            .says("The node's name.");

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public String title() {
        return "A network within this process, without blocks of its own.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(NAME);
    }
}
