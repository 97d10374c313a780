package org.partyline.shell.channel;

import java.util.Locale;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Channels.Look;
import org.partyline.api.engine.Channels.Reading;
import org.partyline.shell.message.MessageText;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.QrCode;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;

/** Formats channels for the console. */
public final class ChannelText {
    private ChannelText() {}

    /** Returns how messages to it are sealed. */
    static String mode(Channel channel) {
        return channel.mode().name().toLowerCase(Locale.ROOT);
    }

    /** Returns one line about a channel that was joined. */
    public static String joined(Channel channel) {
        return Sanitizer.line(channel.persona()) + " is in channel " + Sanitizer.line(channel.name()) + " on "
                + channel.network().label() + " (" + mode(channel)
                + channel.carrier()
                        .map(carrier -> ", " + MessageText.carrier(carrier))
                        .orElse("")
                + ", " + KdfChoice.describe(channel.kdf()) + ").";
    }

    /**
     * Returns whether two channels with the same name certainly have different keys: for example, one joined by name
     * and one created with an invite.
     */
    static boolean isNamesake(Channel one, Channel other) {
        return one.name().equals(other.name())
                && one.network() == other.network()
                && !(one.startDay() == other.startDay() && one.kdf().equals(other.kdf()));
    }

    /** Returns the warning for someone who has joined the wrong channel. */
    static String namesake(Channel other) {
        return "This is not the channel " + Sanitizer.line(other.name()) + " that " + Sanitizer.line(other.persona())
                + " already joined, which has its own invite (partyline:channel-invite --persona "
                + Sanitizer.line(other.persona()) + " " + Sanitizer.line(other.name())
                + "). Messages in one cannot be read in the other.";
    }

    /** Returns from when on a new member reads, and what reading waits for. */
    static String reading(Reading reading) {
        String now = reading.chains() == 0
                ? "No open sender chain is known yet"
                : "New messages from " + Units.count(reading.chains(), "open sender chain") + " can be read at once";
        return now + ". " + look(reading.look())
                + " Messages of other members become readable when their next chain starts: after at most 100 "
                + "messages (25 by default) or 24 hours.";
    }

    private static String look(Look look) {
        return switch (look) {
            case DONE ->
                "The mempools and the blocks of the last day have been searched, or are being searched " + "now.";
            case RUNNING ->
                "The blocks of the last day are searched for packets that open chains as soon as a node "
                        + "is ready. Messages that are found appear in partyline:messages.";
            case UNABLE -> "No node here provides earlier blocks, so only mempools are searched.";
        };
    }

    /** Returns the carrier of messages that name none. */
    static String carrier(Channel channel) {
        return channel.carrier().map(MessageText::carrier).orElse("default");
    }

    /** Prints the invite, for reading, for the clipboard and for a camera. */
    public static void invite(Console console, String invite) {
        console.line("Invite: " + console.paint(Style.BOLD, invite));
        QrCode.print(console, invite);
        console.paragraph("Joining also requires the passphrase. Send it separately from the invite.");
    }
}
