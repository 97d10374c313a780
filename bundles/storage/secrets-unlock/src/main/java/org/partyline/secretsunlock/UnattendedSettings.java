package org.partyline.secretsunlock;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** Settings of unattended starts, in etc/org.partyline.unattended.cfg. */
@ObjectClassDefinition(
        id = UnattendedSettings.PID,
        name = "Partyline unattended start",
        description = "Open the store automatically when the server starts.")
@interface UnattendedSettings {
    /** Where the settings stand. */
    String PID = "org.partyline.unattended";

    /** One of the words. */
    @AttributeDefinition(
            name = "Source",
            description = "How the store is opened at startup. ask: by an operator, with partyline:unlock. keyring, "
                    + "file: with the store key kept there. credential: with the passphrase from the systemd "
                    + "credential partyline.passphrase. Commands change this setting and store the key.",
            required = false,
            options = {
                @Option(label = "by an operator, with partyline:unlock", value = "ask"),
                @Option(label = "the desktop's keyring", value = "keyring"),
                @Option(label = "secrets/secrets.plsec", value = "file"),
                @Option(label = "the systemd credential", value = "credential")
            })
    @Setting(command = "partyline:secrets-move", effect = "at the next start")
    String source() default "ask";
}
