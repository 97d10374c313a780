package org.partyline.secretsfile;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.partyline.api.config.Setting;

/** Settings of the secrets' file, in etc/org.partyline.secrets.file.cfg. */
@ObjectClassDefinition(
        id = FileSettings.PID,
        name = "Partyline secrets in a file",
        description = "Source of the secrets file's passphrase.")
@interface FileSettings {
    /** Where the settings stand. */
    String PID = "org.partyline.secrets.file";

    /** An absolute path, or empty. */
    @AttributeDefinition(
            name = "Passphrase file",
            description = "Absolute path of a file of mode 0600, owned by this user, in a directory that others cannot "
                    + "write to; its first line is the passphrase, 8 to 4096 bytes. Empty: the systemd credential "
                    + "partyline-secrets-passphrase or, without it, partyline.passphrase.",
            required = false)
    @Setting(unit = "path", range = "an absolute path, or nothing")
    String passphrase$_$file() default "";
}
