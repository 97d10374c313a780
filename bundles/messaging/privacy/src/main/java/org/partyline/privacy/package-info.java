/** Privacy profiles: what they set. */
package org.partyline.privacy;
