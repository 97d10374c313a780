package org.partyline.secretsunlock;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** Settings of unattended starts, in etc/org.partyline.unattended.cfg. */
@ObjectClassDefinition(
        id = UnattendedSettings.PID,
        name = "Partyline unattended start",
        description = "Whether the server opens its store by itself when it starts.")
@interface UnattendedSettings {
    /** Where the settings stand. */
    String PID = "org.partyline.unattended";

    /** One of the words. */
    @AttributeDefinition(
            name = "Source",
            description = "What opens the store at the start. ask: the operator, with partyline:unlock. keyring, file:"
                    + " the store key that rests there. credential: the store's passphrase from the systemd credential"
                    + " partyline.passphrase. Commands set this, and put the key where it belongs.",
            required = false,
            options = {
                @Option(label = "the operator, with partyline:unlock", value = "ask"),
                @Option(label = "the desktop's keyring", value = "keyring"),
                @Option(label = "secrets/secrets.plsec", value = "file"),
                @Option(label = "the systemd credential", value = "credential")
            })
    @Setting(command = "partyline:secrets-move", effect = "at the next start")
    String source() default "ask";
}
