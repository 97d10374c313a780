package org.partyline.shell.notice;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.partyline.api.config.Setting;

/** What an operator can set in {@code etc/org.partyline.console.cfg}. {@link Wish} checks it. */
@ObjectClassDefinition(
        id = ConsoleConfiguration.PID,
        name = "Mempool Partyline: console",
        description = "Notices on the console.")
@interface ConsoleConfiguration {
    /** The name of the configuration. */
    String PID = "org.partyline.console";

    /** Above the prompt. */
    @AttributeDefinition(
            description = "What is shown above the prompt when a message arrives. names: sender and conversation; "
                    + "words: also the text, except of burn messages; off: nothing.",
            options = {@Option("off"), @Option("names"), @Option("words")},
            required = false)
    @Setting
    String notices() default "names";
}
