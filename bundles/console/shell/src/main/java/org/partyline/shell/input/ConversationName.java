package org.partyline.shell.input;

import java.text.Normalizer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.shell.command.Engine;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;

/**
 * Finds the conversation that a command names: a channel or contact by name alone, or by the option for its kind.
 *
 * @param direct whether it is a contact
 * @param name as given
 */
public record ConversationName(boolean direct, String name) {
    /**
     * Returns the named conversation, if any.
     *
     * @param persona whose conversations; empty for anyone's
     * @param name a name without a kind; null if not given
     * @param channel the value of {@code --channel}; null if not given
     * @param contact the value of {@code --contact}; null if not given
     */
    public static Optional<ConversationName> of(
            Engine engine,
            Optional<String> persona,
            @Nullable String name,
            @Nullable String channel,
            @Nullable String contact)
            throws CommandError, PartylineException {
        if (channel != null && contact != null) {
            throw new CommandError("--channel and --contact exclude each other: give one of the two");
        }
        String option = channel != null ? channel : contact;
        if (option == null) {
            return name == null ? Optional.empty() : Optional.of(find(engine, persona, name));
        }
        if (name != null) {
            throw new CommandError(
                    "'" + Sanitizer.line(name) + "' and " + (channel != null ? "--channel " : "--contact ")
                            + Sanitizer.line(option) + " exclude each other: give one of the two");
        }
        return Optional.of(new ConversationName(contact != null, option));
    }

    private static ConversationName find(Engine engine, Optional<String> persona, String name)
            throws CommandError, PartylineException {
        List<Channel> channels = persona.isPresent()
                ? engine.channels().list(persona)
                : engine.channels().listAll();
        List<Contact> contacts = persona.isPresent()
                ? engine.contacts().list(persona)
                : engine.contacts().listAll();
        String normal = Normalizer.normalize(name, Normalizer.Form.NFC);
        boolean isChannel = channels.stream().anyMatch(channel -> channel.name().equals(normal));
        boolean isContact = contacts.stream().anyMatch(contact -> contact.name().equals(name));
        String shown = Sanitizer.line(name);
        if (isChannel && isContact) {
            throw new CommandError("both a channel and a contact are named '" + shown + "': write --channel " + shown
                    + " or --contact " + shown);
        }
        if (!isChannel && !isContact) {
            throw new CommandError("there is no channel or contact '" + shown
                    + "': see partyline:channel-list and partyline:contact-list");
        }
        return new ConversationName(isContact, name);
    }
}
