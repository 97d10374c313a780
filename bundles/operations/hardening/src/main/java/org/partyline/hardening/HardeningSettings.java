package org.partyline.hardening;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/** The settings in {@code etc/org.partyline.hardening.cfg}, read at the start. */
@Component
public final class HardeningSettings implements SettingsDeclaration {
    /** The name of the configuration. */
    static final String PID = "org.partyline.hardening";

    static final Setting<Boolean> CORE_DUMPS = Setting.choice(
                    "core-dumps", "off", "off: none", "on: the system's settings")
            .as("on"::equals)
            .effect("at the next start")
            .says("off: no core dump, and no other process of this user can read the memory. on: the system's "
                    + "settings, for debugging.");

    static final Setting<Boolean> MEMORY_LOCK = Setting.choice(
                    "memory-lock", "auto", "auto: if the system allows it", "off: never")
            .as("auto"::equals)
            .effect("at the next start")
            .says("auto: used memory is not swapped out, if the limit for locked memory is infinite or the process has "
                    + "the capability CAP_IPC_LOCK. off: never.");

    @Override
    public String pid() {
        return PID;
    }

    @Override
    public String title() {
        return "Protection by the operating system, set when the server starts.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(CORE_DUMPS, MEMORY_LOCK);
    }
}
