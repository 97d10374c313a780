/** The wire codec, the plaintext's layout, fragments and the JSON view (PROTOCOL 2, 7, 9). */
package org.partyline.packet;
