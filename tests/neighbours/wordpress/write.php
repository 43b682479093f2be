<?php
// Writes posts: reads [{"by": "admin" or "author", "title": "…", "content": "…"}] and prints what each became.
require 'wp-load.php';
$made = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $post) {
    wp_set_current_user(get_user_by('login', $post['by'])->ID);
    $told = ['post_title' => $post['title'], 'post_content' => $post['content'], 'post_status' => 'publish'];
    $id = wp_insert_post(wp_slash($told), true);
    if (is_wp_error($id)) {
        throw new Exception($id->get_error_message());
    }
    $made[] = ['id' => $id, 'address' => get_permalink($id), 'kept' => get_post($id)->post_content];
}
echo json_encode($made);
