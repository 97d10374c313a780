package org.partyline.hardening;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** Settings of the hardening, in etc/org.partyline.hardening.cfg; read at the start. */
@ObjectClassDefinition(
        id = HardeningSettings.PID,
        name = "Partyline hardening",
        description = "What the process asks of the operating system when it starts.")
@interface HardeningSettings {
    /** Where the settings stand. */
    String PID = "org.partyline.hardening";

    /** off or on. */
    @AttributeDefinition(
            name = "Core dumps",
            description =
                    "off: no core dump, and no other process of this user looks into this one. on: as the system has"
                            + " it, to look for faults.",
            required = false,
            options = {@Option(label = "none", value = "off"), @Option(label = "as the system has it", value = "on")})
    @Setting(effect = "at the next start")
    String core$_$dumps() default "off";

    /** auto or off. */
    @AttributeDefinition(
            name = "Memory lock",
            description =
                    "auto: memory that was used is not swapped out, where the limit for locked memory is infinite or"
                            + " the process has the capability CAP_IPC_LOCK. off: never.",
            required = false,
            options = {
                @Option(label = "where the system lets it", value = "auto"),
                @Option(label = "never", value = "off")
            })
    @Setting(effect = "at the next start")
    String memory$_$lock() default "auto";
}
