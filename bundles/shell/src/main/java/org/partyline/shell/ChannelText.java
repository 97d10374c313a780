package org.partyline.shell;

import java.util.Locale;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Channels.Mode;

/** How channels read on the console. */
final class ChannelText {
    private ChannelText() {}

    static String mode(Mode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    /** One line about a channel that we are in now. */
    static String joined(Channel channel) {
        return Shown.line(channel.persona()) + " is in channel " + Shown.line(channel.name()) + " on "
                + channel.network().label() + " (" + mode(channel.mode())
                + channel.carrier()
                        .map(carrier -> ", " + MessageText.carrier(carrier))
                        .orElse("")
                + ", " + KdfChoice.describe(channel.kdf()) + ").";
    }

    /** By which carrier messages leave that do not name one. */
    static String carrier(Channel channel) {
        return channel.carrier().map(MessageText::carrier).orElse("as set");
    }

    /** The invite, for eyes, for the clipboard and for a camera. */
    static void invite(Console console, String invite) {
        console.line("Invite: " + console.paint(Style.BOLD, invite));
        QrCode.print(console, invite);
        console.paragraph("Who has it needs the passphrase too: tell them that another way.");
    }
}
