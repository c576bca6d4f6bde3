<?php
$result = $client->converse(['modelId' => 'us.amazon.nova-lite-v1:0', 'messages' => []]);
