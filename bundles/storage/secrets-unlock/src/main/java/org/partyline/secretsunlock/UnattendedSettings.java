package org.partyline.secretsunlock;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

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
            required = false)
    String source() default "ask";
}
