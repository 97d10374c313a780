package org.partyline.chat;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.partyline.api.config.Setting;

/** What an operator can set in {@code etc/org.partyline.chat.cfg}. {@link ChatServices} checks it. */
@ObjectClassDefinition(
        id = ChatConfiguration.PID,
        name = "Mempool Partyline: chat",
        description = "The full screen of partyline:chat.")
@interface ChatConfiguration {
    /** The name of the configuration. */
    String PID = "org.partyline.chat";

    @AttributeDefinition(
            description = "Time without a key press after which a chat locks the store, so that its screen shows "
                    + "nothing; 0: never.",
            required = false)
    @Setting(unit = Setting.DURATION, range = "0 or 1m to 24h")
    String lock$_$after() default "0";
}
