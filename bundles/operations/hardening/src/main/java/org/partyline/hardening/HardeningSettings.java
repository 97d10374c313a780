package org.partyline.hardening;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** Settings of the hardening, in etc/org.partyline.hardening.cfg; read at the start. */
@ObjectClassDefinition(
        id = HardeningSettings.PID,
        name = "Partyline hardening",
        description = "Protection by the operating system, set when the server starts.")
@interface HardeningSettings {
    /** Where the settings stand. */
    String PID = "org.partyline.hardening";

    /** off or on. */
    @AttributeDefinition(
            name = "Core dumps",
            description = "off: no core dump, and no other process of this user can read the memory. on: the system's "
                    + "settings, for debugging.",
            required = false,
            options = {@Option(label = "none", value = "off"), @Option(label = "the system's settings", value = "on")})
    @Setting(effect = "at the next start")
    String core$_$dumps() default "off";

    /** auto or off. */
    @AttributeDefinition(
            name = "Memory lock",
            description = "auto: used memory is not swapped out, if the limit for locked memory is infinite or the "
                    + "process has the capability CAP_IPC_LOCK. off: never.",
            required = false,
            options = {
                @Option(label = "if the system allows it", value = "auto"),
                @Option(label = "never", value = "off")
            })
    @Setting(effect = "at the next start")
    String memory$_$lock() default "auto";
}
