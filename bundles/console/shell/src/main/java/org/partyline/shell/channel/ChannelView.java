package org.partyline.shell.channel;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.json.JsonValues;

/** A channel as {@code --json} shows it. */
public record ChannelView(
        String persona,
        String name,
        String network,
        String mode,
        @Nullable String carrier,
        KdfView kdf,
        int startDay,
        int unread,
        @Nullable String lastMessage,
        List<String> senders) {
    /** @param channel the engine's description */
    public static ChannelView of(Channel channel) {
        return new ChannelView(
                channel.persona(),
                channel.name(),
                channel.network().label(),
                JsonValues.word(channel.mode()),
                channel.carrier().map(Carrier::id).orElse(null),
                KdfView.of(channel.kdf()),
                channel.startDay(),
                channel.unread(),
                JsonValues.iso(channel.lastMessage()),
                channel.senders());
    }
}
