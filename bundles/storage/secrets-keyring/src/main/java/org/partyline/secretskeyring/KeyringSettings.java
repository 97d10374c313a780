package org.partyline.secretskeyring;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.partyline.api.config.Setting;

/** Settings of the keyring, in etc/org.partyline.secrets.keyring.cfg. */
@ObjectClassDefinition(
        id = KeyringSettings.PID,
        name = "Partyline secrets in the keyring",
        description = "How to reach the desktop's keyring (gnome-keyring, KWallet) over D-Bus.")
@interface KeyringSettings {
    /** Where the settings stand. */
    String PID = "org.partyline.secrets.keyring";

    /** Seconds, with the unit. */
    @AttributeDefinition(
            name = "Time-out",
            description = "How long the keyring may take to answer. After that, it is considered unavailable.",
            required = false,
            min = "1s",
            max = "60s")
    @Setting(unit = Setting.DURATION)
    String timeout() default "5s";
}
