package org.partyline.kernel.vault;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.partyline.api.config.Setting;

/** What an operator can set in {@code etc/org.partyline.continuity.cfg}. {@link TokenDirectory} checks it. */
@ObjectClassDefinition(
        id = TokenDirectoryConfiguration.PID,
        name = "Mempool Partyline: continuity",
        description = "How a restored old copy of the home is told from the latest one.")
@interface TokenDirectoryConfiguration {
    String PID = "org.partyline.continuity";
    String AUTO = "auto";

    @AttributeDefinition(
            description = "Private directory outside the home for the token that identifies old copies of the home: "
                    + "auto ($XDG_STATE_HOME/partyline, or ~/.local/state/partyline), or an absolute path.",
            required = false)
    @Setting(unit = "path", range = "auto, or an absolute path outside of the home")
    String directory() default AUTO;
}
